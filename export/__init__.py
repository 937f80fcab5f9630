"""WHAT GOES OUT: the folded card, as its reader may see it, in the forms that other systems read. No framework, no clock, no chance."""
