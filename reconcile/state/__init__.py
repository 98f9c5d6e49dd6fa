"""What a run leaves behind, under one folder: receipts, and what turned out not to be ours. No secret is in it."""
