import { email } from './email.ts';
import { task } from './task.ts';
import { webhook } from './webhook.ts';

/** Every channel, by its name in the rows. A new channel is a file and a line here. */
export const CHANNELS = { email, task, webhook };

export type ChannelName = keyof typeof CHANNELS;
export type DraftOf<C extends ChannelName> = Parameters<(typeof CHANNELS)[C]['prepare']>[2];
/** The turn that a channel prepares its effect in. */
export type TurnOf<C extends ChannelName> = Parameters<(typeof CHANNELS)[C]['prepare']>[0];
