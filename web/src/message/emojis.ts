/** One click away. */
export const quickEmojis = ['👍', '✅', '👀'] as const;

/** An emoji and the words by which it is found and read out. */
interface Emoji {
  readonly emoji: string;
  readonly words: string;
}

const table = `
👍 thumbs up yes plus one|👎 thumbs down no|✅ check done|👀 eyes looking|🎉 party tada celebrate
❤️ heart love|😂 tears of joy laugh|😄 smile happy|🙏 thanks please|👏 clap applause
🔥 fire hot|🚀 rocket ship it|💯 hundred perfect|💡 idea light bulb|✨ sparkles new
👋 wave hello bye|🙌 raised hands hooray|💪 strong arm|🤝 handshake agreed|🤔 thinking hmm
😅 phew sweat smile|😊 blush smile|😍 heart eyes|😎 cool sunglasses|🤩 star struck
😢 sad cry|😭 sobbing|😮 surprised wow|😱 scream|😡 angry
🙃 upside down|😬 grimace|🤯 mind blown|🤷 shrug|🤦 facepalm
🫡 salute on it|🥳 party face|😴 sleep|🤖 robot agent|👻 ghost
❌ cross no|⚠️ warning|❓ question|❗ exclamation important|➕ plus
⏳ waiting hourglass|🕐 later clock|📌 pin|📎 attachment clip|🔗 link
🐛 bug|🔧 wrench fix|🧪 test tube|📦 package release|🧹 clean broom
📝 memo note|📈 chart up|📉 chart down|🔒 locked|🔑 key
☕ coffee break|🍕 pizza|🍺 beer|🌱 seedling|🌍 world
🟢 green go|🟡 yellow|🔴 red stop|⭐ star|🏁 finish flag
`;

export const emojis: readonly Emoji[] = table
  .trim()
  .split(/[\n|]/)
  .map((entry) => {
    const [emoji = '', ...words] = entry.split(' ');
    return { emoji, words: words.join(' ') };
  });

/** Those whose words hold all that was typed. */
export function findEmojis(typed: string): readonly Emoji[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return emojis.filter(({ emoji, words }) => wanted.every((word) => words.includes(word) || emoji === word));
}
