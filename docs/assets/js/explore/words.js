// @ts-check
/** The words that all explorables share. */

export const WORDS = {
  ko: {
    controls: "그림 조작",
    start: "처음으로",
    back: "한 단계 뒤로",
    play: "재생",
    pause: "멈춤",
    forward: "한 단계 앞으로",
  },
  en: {
    controls: "Controls of the figure",
    start: "To the start",
    back: "One step back",
    play: "Play",
    pause: "Pause",
    forward: "One step forward",
  },
};
