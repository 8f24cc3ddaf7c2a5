"""The command `telewelfare`: puts a device or the centre together, with or without a screen."""
