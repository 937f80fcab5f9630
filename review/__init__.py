"""Looking back: what there is to learn from a card afterwards, as a pure function of its log. No framework, no clock, no I/O, and no twin: phones
do not look back (report 2.3, 4.1.1)."""
