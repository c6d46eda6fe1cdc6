"""What `infra/local/aws.py` wraps around the emulator: one file for each service whose gaps are bridged."""
