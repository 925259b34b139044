/** A span of the day in minutes after midnight of the server's clock; it may go past midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

/** How much is given back. What is left out is not limited. */
export interface SeedingRules {
  /** Uploaded over downloaded at which a title has given enough. */
  ratioPerTitle?: number | undefined;
  /** The same over everything since the engine started. */
  ratioInAll?: number | undefined;
  quietHours?: QuietHours | undefined;
}

export interface Traffic {
  /** Bytes. */
  uploaded: number;
  downloaded: number;
}

export interface SeedingFacts {
  rules: SeedingRules;
  /** Minutes after midnight. */
  minute: number;
  title: Traffic;
  all: Traffic;
  /** Milliseconds until the viewer of another title who is nearest to it stalls; of this title giving brings more in. */
  runwayMs: number;
}

/** A viewer this near to stalling needs the line for the requests and answers of its own, milliseconds. */
const thinRunwayMs = 3_000;

/** Who may be given blocks now: everybody, those alone who send to us (or we would soon be sent nothing), or nobody. */
export function whoMayHave(facts: SeedingFacts): 'everybody' | 'who-sends' | 'nobody' {
  const { rules, minute, title, all, runwayMs } = facts;
  if (rules.quietHours && isWithin(rules.quietHours, minute)) return 'nobody';
  const isEnough = hasReached(rules.ratioPerTitle, title) || hasReached(rules.ratioInAll, all);
  return isEnough || runwayMs < thinRunwayMs ? 'who-sends' : 'everybody';
}

function hasReached(goal: number | undefined, { uploaded, downloaded }: Traffic): boolean {
  return goal !== undefined && uploaded >= goal * downloaded;
}

function isWithin({ from, to }: QuietHours, minute: number): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
