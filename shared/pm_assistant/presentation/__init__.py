"""The product's own sentences: what it writes into tickets, threads, messages and mails; no input or output."""
