"""What is kept: organisations and people, devices, and the log of every card. Every read of a card takes a Viewer."""
