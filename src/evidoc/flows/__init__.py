"""The only room that knows the order of the others: graphs of tasks, run durably."""
