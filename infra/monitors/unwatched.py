"""Kinds of components without a monitor of their own, and what tells of their faults instead."""

UNWATCHED = {
    "Budget": "it writes mails by itself",
    "DatabaseLogin": "the controllers alone use it: their errors are watched",
    "EncryptionKey": "AWS counts nothing of a key; what lies under it fails, and each of those has its monitors",
    "FlowLogs": "they are read afterwards; nothing waits for them",
    "Identity": "Cognito counts only what costs more; that nobody can sign in, the edge's 4xx and 5xx show",
    "ImageRegistry": "it is asked when a pod starts: pods that are missing tell of it",
    "InboundMail": "what it takes is handed over by a queue, which has its own",
    "LockTable": "the controllers alone ask it: their errors and their silence are watched",
    "LogGroup": "it is read afterwards; nothing waits for it",
    "MailNames": "records, which SES reads: mail that is not believed to be ours bounces",
    "PageTopic": "it leads to a human by itself, and only ever carries alarms",
    "Schedule": "a function that is not called tells of it",
    "SecurityGroup": "a rule that is missing shows in what cannot be reached",
    "WorkloadAccess": "a right that is missing shows in the errors of the service that lacks it",
    "Zone": "names that are not found fail the regions' health checks, which go by name",
}
