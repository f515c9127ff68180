/** What came of a simulated life: plain data, for the terminal, the page, tests and `--json`. */
import type { StoryLine } from '../domain/story.ts';

export interface Simulation {
  persona: { persona: string; name: string; description: string | null; file: string; reached: string };
  /** The cadence that was asked for; null: whichever takes the persona. */
  cadence: string | null;
  seed: number;
  days: number;
  /** IANA zone of the persona: days and local times are of it. */
  zone: string;
  /** When the persona came in. */
  startedAt: string;
  endedAt: string;
  end: End;
  mails: SimulatedMail[];
  /** Posted into the simulation's outbox, to nobody. */
  webhooks: { url: string; body: string }[];
  /** What reps were to do, in the words that they read. */
  tasks: SimulatedTask[];
  notSent: NotSent[];
  stages: StageChange[];
  /** The arms of splits that it got, in their order. */
  arms: GotArm[];
  /** The cadences that it left, or came to the end of, in their order. */
  left: LeftCadence[];
  /** From `startedAt` on, with the decay in between. */
  scores: { at: string; day: number; score: number }[];
  /** From this score on the persona is ready, by the grade it ended with; null: never. */
  readyAt: number | null;
  handOffs: HandOff[];
  story: StoryLine[];
  /** What the simulation itself has to say: enrolled by hand, an act that could not be done. */
  remarks: string[];
}

/** A moment of a life: the instant, whole days since the persona came in by its calendar, and the time on its wall. */
export interface Moment {
  at: string;
  day: number;
  /** "Tue 1 Dec 09:00" */
  when: string;
  /** 1 is Monday, 7 is Sunday. */
  weekday: number;
  /** "09:00" */
  time: string;
}

export interface SimulatedMail extends Moment {
  to: 'lead' | 'rep';
  sendId: string;
  template: string;
  step: string | null;
  cadence: string | null;
  subject: string;
  html: string;
  text: string;
  /** What the persona did with it. */
  reactions: (Moment & { did: string })[];
}

export interface SimulatedTask extends Moment {
  /** "call", "message" … */
  kind: string;
  rep: string;
  step: string | null;
  cadence: string | null;
  text: string;
  /** On the persona's wall. */
  due: string;
  status: string;
  result: string | null;
}

export interface NotSent extends Moment {
  template: string;
  step: string | null;
  channel: string;
  /** In words. */
  why: string;
}

export interface StageChange extends Moment {
  from: string | null;
  to: string;
  because: string;
}

export interface GotArm extends Moment {
  cadence: string;
  step: string;
  arm: string;
}

export interface LeftCadence extends Moment {
  cadence: string;
  /** As the timeline says it: "out of content", "goal: asked for a demo", or the words of an exit. */
  because: string;
}

export interface HandOff extends Moment {
  rep: string;
  team: string;
  status: string;
  reason: string | null;
}

export interface End {
  stage: string;
  score: number;
  grade: string;
  cadence: string | null;
  /** What its process waits for. */
  next: string;
  owner: string | null;
  /** Why its process could not go on; null: it could. */
  held: string | null;
}
