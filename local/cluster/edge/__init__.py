"""The edge: Envoy in the place of the API Gateway and of the load balancer behind it, made from what was declared."""
