"""Alert rules with their tests for Prometheus, and a dashboard for Grafana, on the metrics of /metrics."""
