"""What people do: one file a feature. Features never import each other; what they share is `doors`, `server` and `screen`."""
