"""Where settings are read and the house is assembled; nothing below this floor does either."""
