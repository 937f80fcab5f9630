/** Alarm: assistance now; twin of card/alarm.py. */

export function alarms(log) {
  const ends = new Map([...log.of("alarm.ended")].reverse().map((entry) => [entry.body.alarm, entry]));
  return log.of("alarm.raised").map((raised) => ({
    item: log.item(raised),
    ended: ends.has(raised.id) ? log.item(ends.get(raised.id)) : null,
  }));
}

export function ringing(log) {
  const ended = new Set(log.of("alarm.ended").map((entry) => entry.body.alarm));
  return log.of("alarm.raised").map((raised) => raised.id).filter((id) => !ended.has(id));
}
