"""The figures that Motorkap promises, measured: `make bench` prints target and result side by side.

Speed is never asserted by a test: machines differ and are noisy. Run this twice before believing a number.
"""
