"""The demo back office: small servers that behave like a retailer's old systems.

Every system is cut from one seeded ``World``, and each keeps its own ids, codes and bad habits.
"""
