"""The local stack: an emulated AWS, next to it the vendor sandbox, and a working day to watch."""
