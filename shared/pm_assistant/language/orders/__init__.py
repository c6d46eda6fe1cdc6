"""What a person tells the assistant to do, in the chat and in one of the languages of `data/orders.txt`."""
