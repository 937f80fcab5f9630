"""What is true: entries in, card out. No framework, no clock, no I/O; `fold.py` is the table of contents."""
