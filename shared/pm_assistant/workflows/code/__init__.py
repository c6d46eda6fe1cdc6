"""What a team builds: kept as the code host tells it."""
