/** Well known on purpose: for one machine alone, and refused in production and wherever others reach it. */
export const DEVELOPMENT_ADMIN_KEY = 'dev-admin-key';
export const DEVELOPMENT_SECRET_KEY = 'development-secret-key-do-not-use-in-production';
