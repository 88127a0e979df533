"""IAM on one machine: every call of a workload is judged by the policy of its role, and what was used is written down.

The emulator itself lets everybody do everything. Here it refuses, as AWS would, what no statement of the caller's role
allows: a service that does something new fails at once, and not when it reaches the cloud.
"""
