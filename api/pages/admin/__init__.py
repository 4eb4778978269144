"""What an organisation's administrators look after: keys, policies, runs, work that was set aside, webhooks, audit."""
