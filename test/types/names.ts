/*
 * What is read off an app's modules: names, inputs, results.
 */
import type { ActivityName, ActivityOutput, InputOf } from '../../src/core/types/activity';
import type {
  ContractOf,
  EventData,
  EventName,
  OrchestrationInput,
  OrchestrationName,
  OrchestrationOutput,
} from '../../src/core/types/orchestration';
import type * as activities from './activities';
import { holds, type Same } from './assert';
import type * as orchestrations from './orchestrations';

type A = typeof activities;
type M = typeof orchestrations;

// Constants, classes and helpers are no activities.
holds<
  Same<
    ActivityName<A>,
    | 'greet'
    | 'double'
    | 'ping'
    | 'shout'
    | 'page'
    | 'rest'
    | 'find'
    | 'upload'
    | 'hash'
    | 'thumbnail'
    | 'area'
    | 'getJson'
    | 'same'
    | 'pair'
    | 'parse'
    | 'fail'
    | 'anything'
  >
>();

holds<Same<InputOf<A['greet']>, string>>();
holds<Same<InputOf<A['ping']>, undefined>>();
holds<Same<InputOf<A['shout']>, string>>();
holds<Same<InputOf<A['page']>, number | undefined>>();
holds<Same<InputOf<A['rest']>, number | undefined>>();
holds<Same<InputOf<A['find']>, string | undefined>>();
holds<Same<InputOf<A['upload']>, { file: File; to: string }>>();
holds<Same<InputOf<A['area']>, activities.Shape>>();
holds<Same<InputOf<A['pair']>, readonly [string, number]>>();
holds<Same<InputOf<A['same']>, unknown>>();
// Of overloads, the last one counts.
holds<Same<InputOf<A['parse']>, number>>();

holds<Same<ActivityOutput<A['greet']>, string>>();
holds<Same<ActivityOutput<A['double']>, number>>();
holds<Same<ActivityOutput<A['ping']>, void>>();
holds<Same<ActivityOutput<A['shout']>, string>>();
holds<Same<ActivityOutput<A['upload']>, { ok: boolean; at: Date; etag: string | null }>>();
holds<Same<ActivityOutput<A['hash']>, ArrayBuffer>>();
holds<Same<ActivityOutput<A['getJson']>, activities.Json>>();
holds<Same<ActivityOutput<A['same']>, unknown>>();
holds<Same<ActivityOutput<A['pair']>, Map<string, number>>>();
holds<Same<ActivityOutput<A['parse']>, string>>();
holds<Same<ActivityOutput<A['fail']>, never>>();

holds<
  Same<
    OrchestrationName<M>,
    | 'chain'
    | 'noInput'
    | 'noContext'
    | 'arrow'
    | 'optionalInputs'
    | 'photo'
    | 'approval'
    | 'inputByContract'
    | 'inputTwice'
    | 'monitor'
    | 'family'
    | 'anyOf'
    | 'settled'
    | 'promises'
    | 'retried'
    | 'detached'
    | 'patient'
    | 'statusByContract'
    | 'saga'
    | 'generatorSaga'
    | 'withHelpers'
    | 'generatorChain'
    | 'generatorInferred'
    | 'generatorPlain'
    | 'generatorForever'
    | 'generatorSilent'
    | 'untyped'
  >
>();

holds<Same<OrchestrationInput<M['chain']>, string[]>>();
holds<Same<OrchestrationInput<M['noInput']>, undefined>>();
holds<Same<OrchestrationInput<M['noContext']>, undefined>>();
holds<Same<OrchestrationInput<M['arrow']>, number | undefined>>();
holds<Same<OrchestrationInput<M['approval']>, number>>();
holds<Same<OrchestrationInput<M['inputByContract']>, { city: string }>>();
holds<Same<OrchestrationInput<M['inputTwice']>, { city: string }>>();
holds<Same<OrchestrationInput<M['monitor']>, orchestrations.Polling>>();
holds<Same<OrchestrationInput<M['generatorChain']>, number>>();
holds<Same<OrchestrationInput<M['generatorInferred']>, string[]>>();
holds<Same<OrchestrationInput<M['generatorSilent']>, undefined>>();
holds<Same<OrchestrationInput<M['untyped']>, unknown>>();

holds<Same<OrchestrationOutput<M['chain']>, string[]>>();
holds<Same<OrchestrationOutput<M['noInput']>, string>>();
holds<Same<OrchestrationOutput<M['noContext']>, number>>();
holds<Same<OrchestrationOutput<M['approval']>, { amount: number; by: string } | undefined>>();
holds<Same<OrchestrationOutput<M['monitor']>, number>>();
holds<Same<OrchestrationOutput<M['family']>, number>>();
holds<Same<OrchestrationOutput<M['promises']>, readonly [string, number]>>();
holds<Same<OrchestrationOutput<M['saga']>, number>>();
holds<Same<OrchestrationOutput<M['generatorSaga']>, number>>();
holds<Same<OrchestrationOutput<M['generatorChain']>, string>>();
holds<Same<OrchestrationOutput<M['generatorInferred']>, number>>();
holds<Same<OrchestrationOutput<M['generatorPlain']>, string>>();
holds<Same<OrchestrationOutput<M['generatorForever']>, string[]>>();
holds<Same<OrchestrationOutput<M['generatorSilent']>, void>>();

type Approval = ContractOf<M['approval']>;
holds<Same<EventName<Approval>, 'approval' | 'reminder'>>();
holds<Same<EventData<Approval, 'approval'>, { by: string; ok: boolean }>>();
holds<Same<EventName<ContractOf<M['chain']>>, string>>();
holds<Same<EventData<ContractOf<M['chain']>, 'addname'>, unknown>>();
