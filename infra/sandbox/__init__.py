"""One stateful server that plays Slack, Linear, GitHub and OpenAI for the local stack."""
