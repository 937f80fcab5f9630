/**
 * What of notices is on this phone: those that its screen shows, and the badge, which counts the cards with something that waits to be seen. Which cards
 * those are is kept by their ids alone, so it also counts while the phone is locked.
 */
import { change } from "./device.js";

const shown = async () => (await self.registration?.getNotifications?.()) ?? [];

/** Where the browser has a badge; a count is never worth a mistake. */
async function badge(cards) {
  try {
    await (cards.length ? navigator.setAppBadge?.(cards.length) : navigator.clearAppBadge?.());
  } catch {
    // Not installed, or not allowed.
  }
}

const counted = async (make) => badge((await change("unseen", (before) => make(before ?? []))) ?? []);

export const unseen = (card) => counted((cards) => (cards.includes(card) ? cards : [...cards, card]));

/** Somebody looks at this card: its notices have done their work. */
export async function seen(card) {
  await counted((cards) => cards.filter((one) => one !== card));
  for (const one of await shown()) if (one.data?.card === card) one.close();
}

/** The phone locks: what its screen shows says no more than what kind of notice it is. */
export async function coverNotices() {
  for (const { tag, data, lang, icon, requireInteraction } of await shown()) {
    if (!data?.plain) continue;
    const { title, body } = data.plain;
    await self.registration.showNotification(title, { body, lang, tag, icon, badge: icon, requireInteraction, data: { ...data, plain: null }, silent: true });
  }
}

/** Nobody works here any more, or somebody else: nothing comes for who did, and nothing of them stays on the screen. */
export async function forgetNotices() {
  await counted(() => []);
  for (const one of await shown()) one.close();
  await (await self.registration?.pushManager?.getSubscription())?.unsubscribe();
}
