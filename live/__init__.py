"""Who hears it: one stream a device, told at once what was added to its cards."""
