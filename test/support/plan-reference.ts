/**
 * What a plan must come to, told by plain code: no history, no replay, no hub, no tasks. It shares nothing with the engine
 * but the plan.
 */
import type { Plan, PlanStep } from './plans';

export interface Expected {
  output: unknown[];
  customStatus: unknown;
  /** What is undone, in this order. */
  undone: string[];
}

/** @param isMended whether what is broken at first has been mended before */
export function expectedOf(plan: Plan, isMended = false): Expected {
  const expected: Expected = { output: [...plan.results], customStatus: undefined, undone: [] };
  let { events } = plan;
  let hasPatch: boolean | undefined;
  for (const [i, step] of plan.steps.entries()) {
    const label = `${plan.round}/${plan.at + i}`;
    const give = (value: unknown) => expected.output.push(value);
    switch (step.do) {
      case 'activity':
        give(worked(step.n));
        break;
      case 'lose':
        give('work');
        break;
      case 'cancel':
        give('TaskCanceled');
        break;
      case 'retry':
        give(step.fails < step.attempts ? step.fails + 1 : 'TaskFailed');
        break;
      case 'refuse':
        give('TaskFailed');
        break;
      case 'timer':
      case 'draw':
        give(true);
        break;
      case 'race':
        give(step.a <= step.b ? 'a' : 'b');
        break;
      case 'all': {
        const results = step.n.map(worked);
        give(results.includes('TaskFailed') ? 'TaskFailed' : results);
        break;
      }
      case 'settle':
        give(step.n.map(worked));
        break;
      case 'event':
        give(events++);
        break;
      case 'miss':
        give(step.hasDefault ? 'nobody' : 'Timeout');
        break;
      case 'remind':
        give(new Map([['label', label]]));
        break;
      case 'tell':
        give(label);
        break;
      case 'child': {
        const child = expectedOf({ round: label, steps: step.steps, at: 0, results: [], events: 0 }, isMended);
        give(child.output);
        expected.undone.push(...child.undone);
        break;
      }
      case 'detach':
        give('string');
        break;
      case 'scope': {
        const steps = labelsOf(step, label);
        if (step.ends === 'fails' || step.ends === 'late' || (step.ends === 'breaks' && !isMended)) {
          expected.undone.push(...steps.toReversed());
        }
        const isBad = steps.some((each) => each.endsWith('!'));
        if (step.ends === 'fails' || step.ends === 'late') {
          give(isBad ? 'CompensationFailed' : step.ends === 'late' ? 'Timeout' : 'TaskFailed');
        } else {
          give([...numbers(step.steps), ...numbers(step.inner)]);
        }
        break;
      }
      case 'break':
        give('it works');
        break;
      case 'status':
        expected.customStatus = { value: step.value };
        break;
      case 'patch':
        hasPatch ??= true;
        give(hasPatch);
        break;
      case 'continue':
        expected.customStatus = undefined;
    }
  }
  return expected;
}

function worked(n: number): number | string {
  return n % 7 === 0 ? 'TaskFailed' : n * 2;
}

function labelsOf(step: Extract<PlanStep, { do: 'scope' }>, label: string): string[] {
  const of = (count: number, where: string) =>
    Array.from({ length: count }, (_, k) => `${label}${where}${k}${step.badUndo && k === 0 ? '!' : ''}`);
  return [...of(step.steps, '.'), ...of(step.inner, '..')];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, k) => (k + 1) * 2);
}
