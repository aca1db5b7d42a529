/** Instances as JSON. */
import { DevalueError, stringifyAsync } from 'devalue';
import { PayloadError } from '../../core/errors';
import { type Copies, formatName, formatVersion, reducers } from './format';

/**
 * @param copies the first is the instance, the others are the children that it waits for
 * @throws PayloadError when a value cannot leave the browser, or cannot be read
 */
export async function writeInstance(copies: Copies): Promise<string> {
  try {
    const instances = await stringifyAsync(copies, reducers);
    return `{"format":"${formatName}","version":${formatVersion},"instances":${instances}}`;
  } catch (error) {
    if (!(error instanceof DevalueError)) throw error;
    const [, index = '0', path = ''] = /^\[(\d+)\]\.?(.*)$/s.exec(error.path ?? '') ?? [];
    const type = Object.prototype.toString.call(error.value).slice(8, -1);
    const id = copies[Number(index)]?.instanceId;
    throw new PayloadError(
      `instance '${id}' cannot be exported: ${path} is of type ${type}, which cannot leave the browser`,
    );
  }
}
