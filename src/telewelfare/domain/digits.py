"""Thai and Arabic digits."""

_THAI = "๐๑๒๓๔๕๖๗๘๙"
_ARABIC = "0123456789"
_TO_THAI = str.maketrans(_ARABIC, _THAI)
_TO_ARABIC = str.maketrans(_THAI, _ARABIC)


def thai_digits(text: str) -> str:
    """Write Arabic digits as Thai ones, as official papers do."""
    return text.translate(_TO_THAI)


def arabic_digits(text: str) -> str:
    """Write Thai digits as Arabic ones, the form everything is stored and compared in."""
    return text.translate(_TO_ARABIC)
