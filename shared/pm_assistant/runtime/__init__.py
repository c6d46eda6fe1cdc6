"""What turns an invocation into a use case: settings, wiring, batches, HTTP, logs."""
