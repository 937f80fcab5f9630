/** Handover (overdracht): nobody lets go before another holds; twin of card/handover.py. */

export class Offer {
  acceptances = [];
  releases = [];
  declines = [];
  withdrawals = [];

  constructor(entry) {
    this.entry = entry;
  }

  get giver() {
    return this.entry.org;
  }

  get receiver() {
    return this.entry.body.to;
  }

  get released() {
    return this.releases.length > 0 || this.acceptances.some((said) => said.body.release === true);
  }

  get open() {
    return !(this.acceptances.length || this.declines.length || this.withdrawals.length);
  }

  get complete() {
    return this.acceptances.length > 0 && this.released && !this.withdrawals.length;
  }

  get state() {
    if (this.acceptances.length && this.withdrawals.length) return "crossed";
    if (this.acceptances.length) return this.released ? "released" : "accepted";
    if (this.withdrawals.length) return "withdrawn";
    return this.declines.length ? "declined" : "offered";
  }
}

const ANSWERS = { accepted: "acceptances", released: "releases", declined: "declines", withdrawn: "withdrawals" };

export function offers(log) {
  const made = new Map(log.of("handover.offered").map((entry) => [entry.id, new Offer(entry)]));
  for (const [kind, answers] of Object.entries(ANSWERS)) {
    for (const said of log.of(`handover.${kind}`)) {
      const offer = made.get(said.body.offer);
      if (offer && said.org === (kind === "withdrawn" ? offer.giver : offer.receiver)) offer[answers].push(said);
    }
  }
  return [...made.values()];
}

export function handovers(log) {
  const asked = log.byLink("offer", "handover.asked");
  const answers = log.byLink("question", "handover.answered");
  return offers(log).map((offer) => ({
    item: log.item(offer.entry),
    to: offer.receiver,
    from: offer.giver,
    state: offer.state,
    acceptances: log.items(offer.acceptances),
    released: offer.released && offer.acceptances.length > 0,
    releases: log.items(offer.releases),
    declines: log.items(offer.declines),
    withdrawals: log.items(offer.withdrawals),
    questions: (asked.get(offer.entry.id) ?? []).map((question) => ({ item: log.item(question), answers: log.items(answers.get(question.id) ?? []) })),
    open: offer.open,
  }));
}

export function askedHandovers(log) {
  const last = new Map();
  for (const offer of offers(log)) {
    if (offer.acceptances.length || !offer.withdrawals.length) last.set(`${offer.giver}\n${offer.receiver}`, offer.entry);
  }
  return log.of("handover.requested").map((entry) => ({
    item: log.item(entry),
    from: entry.body.from,
    answered: isAfter(last.get(`${entry.body.from}\n${entry.org}`), entry),
  }));
}

const isAfter = (offer, asked) => offer !== undefined && (offer.at > asked.at || (offer.at === asked.at && offer.id > asked.id));
