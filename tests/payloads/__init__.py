"""What vendors have sent to others, recorded, and whatever they may send instead."""
