"""The local stack: an emulated AWS and a sandbox of the vendors."""
