import type { ProjectTrust } from './project-trust.ts';
import type { Supply } from './supply.ts';

/** A supply that tells about the project's own configuration too, whenever that is another one. */
export function withProjectConfig(supply: Supply, trust: ProjectTrust): Supply {
  return {
    get program() {
      return supply.program;
    },
    get description() {
      const { known } = trust;
      return { ...supply.description, ...(known !== null && { project_config: known }) };
    },
    check: supply.check,
    onChange(listener) {
      supply.onChange(listener);
      trust.onChange(listener);
    },
    forget: supply.forget,
    async close() {
      trust.close();
      await supply.close();
    },
  };
}
