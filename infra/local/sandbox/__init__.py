"""One stateful server that plays Slack, Linear and OpenAI for the local stack."""
