"""What an operator needs beside /metrics: alert rules with their tests for Prometheus, and a dashboard for Grafana."""
