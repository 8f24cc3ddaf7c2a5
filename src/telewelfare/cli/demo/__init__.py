"""`telewelfare demo`: two centres' invented data, a real API, a volunteer's and an officer's device."""
