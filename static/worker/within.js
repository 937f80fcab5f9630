/** What was asked, or `instead` when it takes longer than so many milliseconds. It goes on all the same. */
export const within = (ms, asked, instead) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, ms, instead))]);
