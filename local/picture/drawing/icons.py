"""A small sign for each kind of part, in strokes, 18 pixels square."""

from collections.abc import Mapping

from local.picture.graph import Kind

ICONS: Mapping[Kind, str] = {
    Kind.OUTSIDE: "M9 2a7 7 0 1 0 0 14a7 7 0 1 0 0 -14 M2 9h14 M9 2c-4.4 4-4.4 10 0 14 M9 2c4.4 4 4.4 10 0 14",
    Kind.GATEWAY: "M3 16V7a6 6 0 0 1 12 0v9 M1.5 16h15 M9 16v-5 M6.5 8.5L9 11l2.5-2.5",
    Kind.USERS: "M9 2a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 1 0 0 -6.4 M2.8 16c0-7.4 12.4-7.4 12.4 0z",
    Kind.WORKLOAD: "M9 1.6l6.4 3.7v7.4L9 16.4l-6.4-3.7V5.3z M2.6 5.3L9 9l6.4-3.7 M9 9v7.4",
    Kind.DATABASE: ("M2.5 4.2c0-3 13-3 13 0s-13 3-13 0v9.6c0 3 13 3 13 0V4.2 M2.5 9c0 3 13 3 13 0"),
    Kind.BUCKET: "M2 4.2c0-2.6 14-2.6 14 0s-14 2.6-14 0l2 10.6c.6 2 9.4 2 10 0l2-10.6",
    Kind.QUEUE: "M1.5 5h4v8h-4z M7 5h4v8H7z M12.5 5h4v8h-4z",
    Kind.TOPIC: "M2 7v4h3l6 4V3L5 7z M13.5 6.5c1.4 1.4 1.4 3.6 0 5 M15.3 4.4c2.6 2.6 2.6 6.6 0 9.2",
    Kind.MAIL: "M1.5 3.5h15v11h-15z M1.5 4.5L9 10l7.5-5.5",
}
