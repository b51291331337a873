import MarkdownParser, { type MarkdownIt, type StateBlock } from 'markdown-it';
import { linkTarget } from './link-target.ts';
import { withoutMarks } from './mention-marks.ts';

/**
 * Markdown as members may write it: CommonMark with tables, strikethrough and bare addresses, without HTML.
 * The parser takes linear time and nests only so deep. Markup beyond a limit stays text.
 */

/** Quotes within quotes; a list counts twice. */
export const blockLevelsMax = 20;
/** Images in the descriptions of images. */
const imageDepthMax = 2;
export const tableColumnsMax = 100;
export const tableRowsMax = 1_000;

const coreRules = ['normalize', 'block', 'strip_references', 'inline', 'linkify', 'text_join'];
const blockRules = [
  ...['table', 'code', 'fence', 'blockquote', 'hr', 'list', 'reference', 'heading', 'lheading', 'paragraph'],
];
const inlineRules = [
  ...['text', 'linkify', 'newline', 'escape', 'backticks', 'strikethrough', 'emphasis', 'link', 'image'],
  ...['autolink', 'entity'],
];

export function createParser(): MarkdownIt {
  const parser = new MarkdownParser({ linkify: true });
  limitBlocks(parser);
  limitImages(parser);
  parser.core.ruler.enableOnly(coreRules);
  parser.block.ruler.enableOnly(blockRules);
  parser.inline.ruler.enableOnly(inlineRules);
  linkAddresses(parser);
  parser.validateLink = (href) => linkTarget(withoutMarks(href)) !== null;
  // Encoded once the marks of mentions are taken out of it: see build-tree.ts.
  parser.normalizeLink = (href) => href;
  // A bare address is shown as it was written: decoded, it could contain characters that turn its direction.
  parser.normalizeLinkText = (text) => text;
  return parser;
}

function limitBlocks({ block: { ruler } }: MarkdownIt): void {
  const limit = (name: string, alt: string[], isWithin: (state: StateBlock, line: number) => boolean) => {
    const rule = ruleOf(ruler, name);
    ruler.at(name, (state, line, end, silent) => isWithin(state, line) && rule(state, line, end, silent), {
      alt,
    });
  };
  const isShallow = ({ level }: StateBlock) => level < blockLevelsMax;
  limit('blockquote', ['paragraph', 'reference', 'blockquote', 'list'], isShallow);
  limit('list', ['paragraph', 'reference', 'blockquote'], isShallow);
  limit('table', ['paragraph', 'reference'], isModestTable);
}

/** The library hands out rules only as the list of those that are enabled. */
function ruleOf<Rule>(
  ruler: { enableOnly(names: string[]): unknown; getRules(chain: string): Rule[] },
  name: string,
): Rule {
  ruler.enableOnly([name]);
  const [rule] = ruler.getRules('');
  if (rule === undefined) throw new Error(`markdown-it has no rule "${name}".`);
  return rule;
}

/**
 * A row may be shorter than the header, and is then filled with empty cells. A table that would have more
 * cells than characters is none.
 */
function isModestTable(state: StateBlock, line: number): boolean {
  const { src, bMarks, eMarks, lineMax } = state;
  const delimiters = line + 1 < lineMax ? src.slice(bMarks[line + 1], eMarks[line + 1]) : '';
  if (!/^\s*[-:|][-:|\s]*$/.test(delimiters)) return true;
  const columns = delimiters.split('|').length;
  if (columns > tableColumnsMax) return false;
  let cells = columns;
  let chars = delimiters.length;
  for (let row = line + 2; row < lineMax && !state.isEmpty(row); row += 1) {
    if (row - line > tableRowsMax) return false;
    cells += columns;
    chars += (eMarks[row] ?? 0) - (bMarks[row] ?? 0) + 1;
    if (cells > chars && cells > tableColumnsMax) return false;
  }
  return true;
}

const imageDepth = Symbol('images around this one');

function limitImages({ inline: { ruler } }: MarkdownIt): void {
  const image = ruleOf(ruler, 'image');
  ruler.at('image', (state, silent) => {
    const depth = Number(state.env[imageDepth] ?? 0);
    if (depth >= imageDepthMax) return false;
    state.env[imageDepth] = depth + 1;
    try {
      return image(state, silent);
    } finally {
      state.env[imageDepth] = depth;
    }
  });
}

/** Bare addresses have a scheme or begin with "www.": "README.md" is a file, though "md" is a country. */
function linkAddresses({ linkify }: MarkdownIt): void {
  linkify.add('ftp:').add('//');
  linkify.add('www.', {
    validate(text, pos, { re }) {
      const validator = re.get_http_validator();
      validator.lastIndex = 0;
      const found = validator.exec(`//${text.slice(pos)}`);
      return found === null ? 0 : found[0].length - '//'.length;
    },
    normalize(match) {
      match.url = `http://${match.text}`;
    },
  });
}
