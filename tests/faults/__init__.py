"""Bad nights: what breaks under the app while phones write, and what then must hold (docs/faults.md)."""
