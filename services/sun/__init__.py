"""Follow the sun: a schedule that says where traffic and the writer belong, and a controller that takes them there.

It is packed alone, as a function: of Python packages it uses boto3, and of ours nothing.
"""
