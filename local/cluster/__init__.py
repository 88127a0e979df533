"""Kubernetes on one machine: the Pulumi program's Helm release, rendered by the real Helm engine and run as processes.

Each module is imported by its own name, so that the long-lived kubelet carries neither the Helm engine nor Pulumi.
"""
