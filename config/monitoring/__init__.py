"""What whoever runs Stepwise can see of it: health, metrics, one line for each request, reports of errors."""
