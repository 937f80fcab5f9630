/** The card that this page shows, or undefined. */
export const shownCard = () => document.querySelector("[data-card]")?.dataset.card;
