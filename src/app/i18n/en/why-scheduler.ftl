# Why the scheduler did what it did.
why-scheduled = The scheduler chose { $node }: score { $score } of { $most }, { $feasible } of { $nodes } nodes would do
why-unschedulable = The scheduler found no node: { $message }
why-command = You asked for it
why-tell = It was told to whoever reads events
why-event-expired = Events are forgotten after an hour
